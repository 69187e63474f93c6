import { describe, expect, it } from 'vitest';
import { csvLine } from './bookings-csv.ts';

describe('csvLine', () => {
  it('quotes what RFC 4180 says must be', () => {
    expect(csvLine(['a', 'b, c', 'say "so"', 'two\nlines', ''])).toBe(
      'a,"b, c","say ""so""","two\nlines",\r\n',
    );
  });
  it('lets no text be taken for a formula', () => {
    expect(csvLine(['=1+1', '+49', '-2', '@x', '\t=1', ' =1', '=A1,"x"'])).toBe(
      `'=1+1,'+49,'-2,'@x,'\t=1,' =1,"'=A1,""x"""\r\n`,
    );
  });
});
