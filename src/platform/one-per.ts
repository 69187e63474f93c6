/**
 * A value made once for each owner, on first use, and gone with it: caches that belong to a process's resources,
 * without being opened by everyone who might use them.
 */
export function onePer<Owner extends object, Value>(make: (owner: Owner) => Value): (owner: Owner) => Value {
  const made = new WeakMap<Owner, Value>();
  return (owner) => {
    const present = made.get(owner);
    if (present !== undefined) return present;
    const value = make(owner);
    made.set(owner, value);
    return value;
  };
}
