import type { VersionDiff } from '../../data/queries.ts'
import { compareSets } from '../../model/differences/set-change.ts'
import { Foreign } from '../words/foreign.tsx'

type FieldChange = VersionDiff['fields'][number]

/** Changed settings by field. */
export function FieldChanges({ fields }: { fields: readonly FieldChange[] }) {
  if (fields.length === 0) return null
  return (
    <section class="part">
      <h2>
        Settings <span class="soft count">{fields.length}</span>
      </h2>
      <FieldChangeList fields={fields} />
    </section>
  )
}

/** Changed fields, of the manifest or of another file of settings. A set is shown as what came and what went. */
export function FieldChangeList({ fields }: { fields: readonly FieldChange[] }) {
  return (
    <dl class="fields">
      {fields.map((field) => (
        <div key={field.path} class="field">
          <dt>
            <code class="field-name">
              <Foreign text={field.path} />
            </code>
          </dt>
          <dd>
            <Change field={field} />
          </dd>
        </div>
      ))}
    </dl>
  )
}

function Change({ field: { before, after } }: { field: FieldChange }) {
  const sets = compareSets(before, after)
  if (sets)
    return (
      <span class="members">
        {sets.same > 0 && <span class="soft">{sets.same === 1 ? '1 stays' : `${sets.same} stay`}</span>}
        {sets.removed.map((member) => (
          <del key={member} class="member-removed">
            <Foreign text={member} />
          </del>
        ))}
        {sets.added.map((member) => (
          <ins key={member} class="member-added">
            <Foreign text={member} />
          </ins>
        ))}
      </span>
    )
  return (
    <span class="members">
      {before !== undefined && (
        <del class="member-removed">
          <Foreign text={print(before)} />
        </del>
      )}
      {before !== undefined && after !== undefined && <span class="soft"> → </span>}
      {after !== undefined && (
        <ins class="member-added">
          <Foreign text={print(after)} />
        </ins>
      )}
    </span>
  )
}

const print = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value, null, 2))
