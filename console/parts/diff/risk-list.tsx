import type { VersionDiff } from '../../data/queries.ts'
import { countRisks } from '../../model/differences/count-risks.ts'
import { Foreign } from '../words/foreign.tsx'

/** What reaches further than before, as the server orders it: high before low. */
export function RiskList({ risks, unread = [] }: Pick<VersionDiff, 'risks' | 'unread'>) {
  return (
    <section class="part">
      <h2>Look twice {risks.length > 0 && <span class="soft count">{countRisks(risks)}</span>}</h2>
      {unread.length > 0 && (
        <p class="is-attention note">
          The risks are not known: the manifest of {unread.map((version) => `v${version}`).join(' and ')} does
          not fit this version of NOFX. Its fields are compared as they are stored.
        </p>
      )}
      {risks.length + unread.length === 0 && (
        <p class="soft note">
          Nothing reaches further than before: no host, tool, secret, permission or limit.
        </p>
      )}
      <RiskRows risks={risks} />
    </section>
  )
}

/** Risks, a row each. */
export function RiskRows({ risks }: { risks: VersionDiff['risks'] }) {
  if (risks.length === 0) return null
  return (
    <ul class="risks">
      {risks.map((risk) => (
        <li key={`${risk.id} ${risk.field} ${risk.message}`} class="risk">
          <span class={`level is-${risk.level}`}>{risk.level}</span>
          <span>
            <Foreign text={risk.message} />
          </span>
          <code class="soft">
            <Foreign text={risk.field} />
          </code>
        </li>
      ))}
    </ul>
  )
}
