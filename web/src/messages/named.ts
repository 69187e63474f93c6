/** The text of a name that comes from elsewhere; undefined where we have none. */
export function named<Text>(texts: Readonly<Record<string, Text>>, name: string): Text | undefined {
  return Object.hasOwn(texts, name) ? texts[name] : undefined;
}
