import { count, money } from '../../platform/format.ts';
import { TierShape } from '../../pages/event/tier-shape.tsx';
import type { Sales } from '../api/sales.ts';
import { texts } from '../texts/texts.ts';

export function TierTable({ sales }: { sales: Sales }) {
  const words = texts.now;
  return (
    <section className="organiser-page">
      <h2>{words.tiers}</h2>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it may be wider than the page, and is then scrolled by keys */}
      <div className="card organiser-table" role="region" aria-label={words.tiers} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{words.tier}</th>
              {[words.total, words.sold, words.held, words.free, words.blocked, words.worth].map((name) => (
                <th key={name} scope="col" className="number">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sales.tiers.map((tier, index) => (
              <tr key={tier.id}>
                <th scope="row">
                  <span className="tier-cell">
                    <TierShape tier={index} color={tier.color} />
                    {tier.name}
                    <span className="soft">{money(tier.price, sales.currency)}</span>
                  </span>
                </th>
                <td className="number">{count(tier.total)}</td>
                <td className="number">{count(tier.sold)}</td>
                <td className="number">{count(tier.held + tier.checkout)}</td>
                <td className="number">{count(tier.free)}</td>
                <td className="number">{count(tier.blocked)}</td>
                <td className="number">{money(tier.revenue, sales.currency)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
