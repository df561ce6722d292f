import { Foreign } from './foreign.tsx'

/** Fields that the page's head or its texts show already. */
const SHOWN_ELSEWHERE = new Set([
  '$schema',
  'schemaVersion',
  'agentId',
  'templateId',
  'name',
  'description',
  'summary',
  'version',
  'status',
  'prompts',
  'mcp',
  'repository',
])

/** The manifest's settings, a row each; what is deep is shown as JSON text. */
export function SettingsTable({ manifest }: { manifest: Readonly<Record<string, unknown>> }) {
  const rows = Object.entries(manifest).filter(([name]) => !SHOWN_ELSEWHERE.has(name))
  if (rows.length === 0) return null
  return (
    <section class="part">
      <h2>Settings</h2>
      <dl class="fields">
        {rows.map(([name, value]) => (
          <div key={name} class="field">
            <dt>
              <code class="field-name">
                <Foreign text={name} />
              </code>
            </dt>
            <dd>
              <Value value={value} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

function Value({ value }: { value: unknown }) {
  if (isFlat(value)) return <Foreign text={print(value)} />
  if (Array.isArray(value) && value.every(isFlat))
    return (
      <span class="members">
        {value.map((member, at) => (
          <span key={`${at} ${member}`} class="member">
            <Foreign text={print(member)} />
          </span>
        ))}
      </span>
    )
  const flat = Object.values(value as object).every(
    (member) => isFlat(member) || (Array.isArray(member) && member.every(isFlat)),
  )
  if (!flat || Array.isArray(value)) return <Deep value={value} />
  return (
    <span class="members is-pairs">
      {Object.entries(value as object).map(([name, member]) => (
        <span key={name}>
          <span class="soft">
            <Foreign text={name} />
          </span>{' '}
          <Foreign text={Array.isArray(member) ? member.map(print).join(', ') : print(member)} />
        </span>
      ))}
    </span>
  )
}

function Deep({ value }: { value: unknown }) {
  const text = JSON.stringify(value, null, 2)
  return (
    <details class="deep">
      <summary class="soft">
        {Array.isArray(value) ? `${value.length} entries` : `${Object.keys(value as object).length} fields`}
      </summary>
      <pre class="deep-text">
        <Foreign text={text} />
      </pre>
    </details>
  )
}

const isFlat = (value: unknown) => typeof value !== 'object' || value === null
const print = (value: unknown) => (typeof value === 'string' ? value : String(value))
