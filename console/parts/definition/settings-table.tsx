import { listSettings, type Setting } from '../../model/definitions/settings.ts'
import { plural } from '../../model/texts/plural.ts'
import { Foreign } from '../words/foreign.tsx'

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

const NONE: ReadonlySet<string> = new Set()

interface SettingsTableProps {
  manifest: Readonly<Record<string, unknown>>
  /** What the settings are, when they are not those of a manifest. */
  title?: string
}

/** The manifest's settings, or other ones, a row each. */
export function SettingsTable({ manifest, title }: SettingsTableProps) {
  const settings = listSettings(manifest, title === undefined ? SHOWN_ELSEWHERE : NONE)
  if (settings.length === 0) return null
  return (
    <section class="part">
      <h2>{title ?? 'Settings'}</h2>
      <dl class="fields">
        {settings.map((setting) => (
          <div key={setting.name} class="field">
            <dt>
              <code class="field-name">
                <Foreign text={setting.name} />
              </code>
            </dt>
            <dd>
              <Value setting={setting} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

function Value({ setting }: { setting: Setting }) {
  if (setting.shape === 'text') return <Foreign text={setting.text} />
  if (setting.shape === 'members')
    return (
      <span class="members">
        {setting.members.map((member) => (
          <span key={member} class="member">
            <Foreign text={member} />
          </span>
        ))}
      </span>
    )
  if (setting.shape === 'pairs')
    return (
      <span class="members is-pairs">
        {setting.pairs.map(([name, text]) => (
          <span key={name}>
            <span class="soft">
              <Foreign text={name} />
            </span>{' '}
            <Foreign text={text} />
          </span>
        ))}
      </span>
    )
  if (setting.shape === 'schema') return <Schema setting={setting} />
  return <Deep title={plural(setting.size, 'entry', 'entries')} json={setting.json} />
}

function Deep({ title, json }: { title: string; json: string }) {
  return (
    <details class="deep">
      <summary class="soft">{title}</summary>
      <pre class="deep-text">
        <Foreign text={json} />
      </pre>
    </details>
  )
}

function Schema({ setting: { properties, json } }: { setting: Setting & { shape: 'schema' } }) {
  return (
    <>
      <ul class="properties">
        {properties.map(([name, words, help]) => (
          <li key={name}>
            <Foreign text={name} />{' '}
            <span class="soft">
              <Foreign text={words} />
            </span>
            {help && (
              <span class="soft property-help">
                <Foreign text={help} />
              </span>
            )}
          </li>
        ))}
      </ul>
      <Deep title="The whole schema" json={json} />
    </>
  )
}
