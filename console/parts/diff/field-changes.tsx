import { useState } from 'preact/hooks'
import type { VersionDiff } from '../../data/queries.ts'
import { foldValue } from '../../model/differences/fold-value.ts'
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
  return <Values before={print(before)} after={print(after)} />
}

/** The values before and after; long ones begin where they differ, until the reader asks for all lines. */
function Values({ before, after }: Record<'before' | 'after', string | undefined>) {
  const [isWhole, setWhole] = useState(false)
  const removed = before === undefined ? undefined : foldValue(before, after ?? '')
  const added = after === undefined ? undefined : foldValue(after, before ?? '')
  const hidden = Math.max(removed?.hidden ?? 0, added?.hidden ?? 0)
  return (
    <span class="members">
      {removed && (
        <del class="member-removed">
          <Foreign text={(isWhole && before) || removed.shown} />
        </del>
      )}
      {removed && added && <span class="soft"> → </span>}
      {added && (
        <ins class="member-added">
          <Foreign text={(isWhole && after) || added.shown} />
        </ins>
      )}
      {hidden > 0 && !isWhole && (
        <button type="button" class="quiet" onClick={() => setWhole(true)}>
          {hidden} more lines
        </button>
      )}
    </span>
  )
}

const print = (value: unknown) =>
  value === undefined || typeof value === 'string' ? value : JSON.stringify(value, null, 2)
