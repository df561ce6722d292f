import { groupByFile, type PlacedFinding } from '../../model/definitions/group-findings.ts'
import { Foreign } from '../words/foreign.tsx'
import { Link } from '../words/link.tsx'

/** Findings by file, in the order of the server: what is wrong where, and what to do about it. */
export function FindingList({ findings }: { findings: readonly PlacedFinding[] }) {
  return (
    <>
      {groupByFile(findings).map(({ path, findings: ofFile }) => (
        <section key={path} class="findings" aria-label={path || 'The folder'}>
          <h3 class="findings-file">
            {path === '' ? (
              'The folder'
            ) : (
              <code>
                <Foreign text={path} />
              </code>
            )}
          </h3>
          <ul>
            {ofFile.map((finding) => (
              <FindingRow
                key={`${finding.line}:${finding.column} ${finding.rule} ${finding.message}`}
                finding={finding}
              />
            ))}
          </ul>
        </section>
      ))}
    </>
  )
}

function FindingRow({
  finding: { line, column, severity, rule, message, hint },
}: {
  finding: PlacedFinding
}) {
  return (
    <li class="finding">
      <code class="finding-place soft">
        {line}:{column}
      </code>
      <span class={`level ${severity === 'error' ? 'is-high' : 'is-medium'}`}>{severity}</span>
      <span class="finding-text">
        <Foreign text={message} />
        {hint && (
          <span class="finding-hint soft">
            <Foreign text={hint} />
          </span>
        )}
      </span>
      <Link to={`/rules?rule=${encodeURIComponent(rule)}`} class="finding-rule soft">
        <code>
          <Foreign text={rule} />
        </code>
      </Link>
    </li>
  )
}
