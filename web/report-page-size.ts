import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** What a buyer may have to fetch before choosing a seat. */
const BUYER_PAGE_KB_MAX = 150;
const BUYER_PAGE = '/pages/event/event-page.tsx';
/** The texts in one language each, of which a buyer fetches one. */
const TEXTS = /\/src\/messages\/\w+\.ts$/;

/** Prints the JavaScript, compressed, that the buyer's page (the seat map) takes, and fails the build beyond the limit. */
export function reportPageSize(): Plugin {
  return {
    name: 'report-page-size',
    apply: 'build',
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
      const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
      const needed = new Set<string>();
      const need = (fileName: string): void => {
        const chunk = byName.get(fileName);
        if (chunk === undefined || needed.has(fileName)) return;
        needed.add(fileName);
        for (const imported of chunk.imports) need(imported);
      };
      const bytesOf = (name: string): number => gzipSync(byName.get(name)?.code ?? '').length;
      const texts: string[] = [];
      for (const { isEntry, facadeModuleId, fileName } of chunks) {
        if (isEntry || facadeModuleId?.endsWith(BUYER_PAGE) === true) need(fileName);
        else if (facadeModuleId !== null && TEXTS.test(facadeModuleId)) texts.push(fileName);
      }
      const longestTexts = texts.toSorted((a, b) => bytesOf(b) - bytesOf(a))[0];
      if (longestTexts !== undefined) need(longestTexts);
      const bytes = [...needed].reduce((sum, name) => sum + bytesOf(name), 0);
      const kilobytes = bytes / 1000;
      this.info(
        `JavaScript of the buyer's page: ${kilobytes.toFixed(1)} kB gzip in ${needed.size} files (limit ${BUYER_PAGE_KB_MAX} kB)`,
      );
      if (kilobytes > BUYER_PAGE_KB_MAX)
        this.error(`The buyer's page is larger than ${BUYER_PAGE_KB_MAX} kB.`);
    },
  };
}
