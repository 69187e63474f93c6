/** A text for each kind of number that the language tells apart; `#` stands for the number. */
type Forms = { readonly other: string } & { readonly [kind in Intl.LDMLPluralRule]?: string };

/** Gives a language's way to say how many: `counted(2, { one: '# seat', other: '# seats' })` is "2 seats". */
export function countedIn(locale: string): (count: number, forms: Forms) => string {
  const rules = new Intl.PluralRules(locale);
  const figures = new Intl.NumberFormat(locale);
  return (count, forms) => (forms[rules.select(count)] ?? forms.other).replace('#', figures.format(count));
}
