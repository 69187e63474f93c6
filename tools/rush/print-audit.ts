import { type AuditReport, type Finding, isKept } from '../../src/reconciliation/audit.ts';

/** One line for each invariant, and under it what breaches it. */
export function printAudit({ findings, isClean }: AuditReport): void {
  for (const found of findings) {
    console.log(lineOf(found));
    for (const example of found.examples) console.log(`     ${example}`);
  }
  console.log(isClean ? 'audit clean' : 'AUDIT BREACHED');
}

function lineOf(found: Finding): string {
  const mark = isKept(found) ? 'ok    ' : 'BREACH';
  const breaches = Object.entries(found.breaches).filter(([, count]) => count > 0 || isKept(found));
  const counts = [...Object.entries(found.counts), ...breaches].map(([name, count]) => `${name} ${count}`);
  return `${found.invariant} ${mark} ${found.says.padEnd(36)} ${counts.join(', ')}`;
}
