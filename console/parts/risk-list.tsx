import { countRisks, sortRisks } from '../model/sort-risks.ts'
import { Foreign } from './foreign.tsx'

interface Risk {
  level: string
  field: string
  message: string
}

/** What reaches further than before, high before low; said as well when nothing does. */
export function RiskList({ risks }: { risks: readonly Risk[] }) {
  if (risks.length === 0)
    return (
      <section class="part">
        <h2>Look twice</h2>
        <p class="soft">
          Nothing reaches further than before: hosts, tools, secrets, permissions and limits.
        </p>
      </section>
    )
  return (
    <section class="part">
      <h2>
        Look twice <span class="soft count">{countRisks(risks)}</span>
      </h2>
      <ul class="risks">
        {sortRisks(risks).map((risk) => (
          <li key={`${risk.field} ${risk.message}`} class="risk">
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
    </section>
  )
}
