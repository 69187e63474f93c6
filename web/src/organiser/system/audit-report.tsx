import { named } from '../../messages/named.ts';
import { count, moment } from '../../platform/format.ts';
import { type Audit, getAudit } from '../api/system.ts';
import { Failure } from '../parts/failure.tsx';
import { usePolled } from '../parts/use-polled.ts';
import { texts } from '../texts/texts.ts';

const EVERY_MS = 15_000;

/** What the last audit of the invariants found, and when. */
export function AuditReport() {
  const words = texts.queues;
  const audit = usePolled('audit', EVERY_MS, async (signal) => ({ latest: await getAudit(signal) }));
  return (
    <section className="organiser-page" aria-label={words.auditTitle}>
      <h2>{words.auditTitle}</h2>
      {audit.error !== null && <Failure error={audit.error} retry={audit.again} />}
      {audit.value !== null && audit.value.latest === null && <p className="soft">{words.auditNone}</p>}
      {audit.value !== null && audit.value.latest !== null && <Findings audit={audit.value.latest} />}
    </section>
  );
}

function Findings({ audit }: { audit: Audit }) {
  const words = texts.queues;
  return (
    <>
      <p className={audit.isClean ? 'notice notice-good' : 'notice notice-bad'} role="status">
        <strong>{audit.isClean ? words.auditClean : words.auditBroken}</strong>
        {words.auditAt(moment(audit.at, 'medium', 'medium'))}
      </p>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it may be wider than the page, and is then scrolled by keys */}
      <div className="card organiser-table" role="region" aria-label={words.auditTable} tabIndex={0}>
        <table>
          <tbody>
            {audit.findings.map((finding) => (
              <Finding key={finding.invariant} finding={finding} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Finding({ finding }: { finding: Audit['findings'][number] }) {
  const words = texts.queues;
  const broken = Object.entries(finding.breaches).filter(([, breaches]) => breaches > 0);
  return (
    <tr>
      <th scope="row">
        {finding.invariant} {named(words.says, finding.invariant) ?? finding.says}
        <p className="small soft">
          {words.looked}: {listed(Object.entries(finding.counts))}
        </p>
        {broken.length > 0 && (
          <p className="small organiser-fault">
            {words.breaches}: {listed(broken)}
          </p>
        )}
        {finding.examples.map((example) => (
          <p key={example} className="small organiser-fault" lang="en">
            {example}
          </p>
        ))}
      </th>
      <td>
        <span className={broken.length === 0 ? 'state state-good' : 'state state-bad'}>
          {broken.length === 0 ? words.kept : words.broken}
        </span>
      </td>
    </tr>
  );
}

function listed(entries: readonly (readonly [name: string, value: number])[]): string {
  return entries
    .map(([name, value]) => `${named(texts.queues.counts, name) ?? spaced(name)}: ${count(value)}`)
    .join(', ');
}

/** For what is counted since these texts were written: `bookedSeats` reads as "booked seats". */
function spaced(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
