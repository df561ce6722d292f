import type { ComponentChildren } from 'preact'
import type { Plan, PlannedItem } from '../../data/moves.ts'
import { countRisks } from '../../model/differences/count-risks.ts'
import type { Move } from '../../model/moves/move-name.ts'
import { plural } from '../../model/texts/plural.ts'
import { FieldChanges } from '../diff/field-changes.tsx'
import { PatchView } from '../diff/patch-view.tsx'
import { RiskRows } from '../diff/risk-list.tsx'
import { Foreign } from '../words/foreign.tsx'

/** What a move would do, from the server's dry run: whom it reaches and which risks come. */
export function PlanView({ move, plan }: { move: Move; plan: Plan }) {
  const [only] = plan.items
  if (!only) return <p class="soft">Nothing would change: it is so already.</p>
  return (
    <>
      <dl class="plan">
        {move.verb === 'undo' ? (
          <Row name="Moves">{plural(plan.moved, 'definition')}, as one new release</Row>
        ) : (
          <Effect item={only} outcome={plan.outcomes[0]} />
        )}
        <Row name="Look twice">
          {countRisks(plan.items.flatMap(({ risks }) => risks)) || 'nothing reaches further than now'}
          <Gone risks={plan.items.flatMap(({ risksGone }) => risksGone)} />
        </Row>
        <Row name="Breaks">
          {plan.breaks.length === 0 ? (
            'nothing that is live'
          ) : (
            <span class="is-danger">
              <NameList names={plan.breaks} />
            </span>
          )}
        </Row>
        {only.holds && move.verb !== 'undo' && (
          <Row name="Also">
            the content <code>{only.holds.slice(0, 8)}</code> is held: publishing it again is refused until{' '}
            <code>--unhold</code>
          </Row>
        )}
      </dl>
      {move.verb !== 'undo' && only.risks.length > 0 && <RiskRows risks={only.risks} />}
    </>
  )
}

function Gone({ risks }: { risks: PlannedItem['risksGone'] }) {
  const count = countRisks(risks)
  return count === '' ? null : <span class="soft">; no longer: {count}</span>
}

/** Names of definitions, in a sentence. */
export function NameList({ names }: { names: readonly string[] }) {
  return (
    <>
      {names.map((name, at) => (
        <span key={name}>
          {at > 0 && ', '}
          <Foreign text={name} />
        </span>
      ))}
    </>
  )
}

/** Settings and files that change; for a release the same of each definition. */
export function PlanChanges({ move, plan }: { move: Move; plan: Plan }) {
  const [only] = plan.items
  if (move.verb !== 'undo') return only ? <Changes item={only} isOpen /> : null
  return (
    <section>
      <ul class="plan-items">
        {plan.items.map((item) => (
          <li key={`${item.kind}/${item.id}`}>
            <span class="plan-item">
              <Foreign text={`${item.kind}/${item.id}`} />
              <span>
                {item.from === null ? 'nothing live' : `v${item.from}`} →{' '}
                {item.to === null ? item.outcome : `content of v${item.to}`}
              </span>
              <span class="soft">{countRisks(item.risks) || 'no risks'}</span>
            </span>
            <RiskRows risks={item.risks} />
            <Changes item={item} />
          </li>
        ))}
      </ul>
      {plan.moved > plan.items.length && (
        <p class="soft note">and {plural(plan.moved - plan.items.length, 'more definition')}</p>
      )}
    </section>
  )
}

interface EffectProps {
  item: PlannedItem
  outcome: Plan['outcomes'][number] | undefined
}

function Effect({ item: { from, to }, outcome }: EffectProps) {
  return (
    <>
      <Row name="Readers get">
        {to === null ? (
          <strong>nothing of it</strong>
        ) : (
          <>
            <strong>v{outcome?.version}</strong>, the content of v{to}{' '}
            {outcome?.digest && <code class="soft">{outcome.digest.slice(0, 8)}</code>}
          </>
        )}
      </Row>
      <Row name="In place of">{from === null ? 'nothing' : `v${from}`}</Row>
    </>
  )
}

function Row({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div class="plan-row">
      <dt class="soft">{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Changes({ item: { diff }, isOpen = false }: { item: PlannedItem; isOpen?: boolean }) {
  if (!diff || diff.fields.length + diff.files.length === 0) return null
  return (
    <details class="changes" open={isOpen}>
      <summary>What changes</summary>
      <FieldChanges fields={diff.fields} />
      {diff.files.map((file) => (
        <PatchView key={file.path} file={file} isSplit={false} showsBlanks target="" />
      ))}
    </details>
  )
}
