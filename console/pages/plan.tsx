import { useParams, useSearch } from 'wouter-preact'
import { usePlan } from '../data/operations.ts'
import { useDefinition, useKinds } from '../data/queries.ts'
import { useSession } from '../data/session.ts'
import type { Lock } from '../model/plans/locks.ts'
import { type PlanParts, readPlan } from '../model/plans/plan-parts.ts'
import { runCommand } from '../model/runs/run-words.ts'
import { SettingsTable } from '../parts/definition/settings-table.tsx'
import { PlanSteps } from '../parts/plans/plan-steps.tsx'
import { Heading } from '../parts/shell/heading.tsx'
import { Pending } from '../parts/states/pending.tsx'
import { PublishersOnly } from '../parts/states/publishers-only.tsx'
import { Command } from '../parts/words/copy.tsx'
import { Digest } from '../parts/words/digest.tsx'
import { Foreign } from '../parts/words/foreign.tsx'
import { Link } from '../parts/words/link.tsx'
import { Tag } from '../parts/words/tag.tsx'
import { Time } from '../parts/words/time.tsx'

/** One plan: the versions that it is locked to, its steps and parameters. */
export default function PlanPage() {
  return (
    <PublishersOnly title="Plan" what="The plans that were made are shown to publishers.">
      <ShownPlan />
    </PublishersOnly>
  )
}

function ShownPlan() {
  const { planId = '' } = useParams<{ planId: string }>()
  const env = new URLSearchParams(useSearch()).get('env') ?? undefined
  const { data, error, refetch } = usePlan(planId, { env })
  const title = `Plan ${planId.slice(0, 8)}`
  if (!data) return <Pending title={title} error={error} retry={() => refetch()} />
  const plan = readPlan(data.body)
  return (
    <div class="page">
      <Heading title={title} />
      <p class="line">
        {plan.source && (
          <span>
            from <Foreign text={plan.source.id} /> <span class="soft">v{plan.source.version}</span>
          </span>
        )}
        <span class="soft">
          made <Time iso={data.body.createdAt} />
        </span>
        <Digest value={planId} label="the plan’s id" />
      </p>
      <Locks plan={plan} />
      <Steps plan={plan} />
      <SettingsTable manifest={plan.parameters} title="Parameters" />
      {plan.secrets.length > 0 && (
        <p class="note soft">
          The worker needs the secrets <Foreign text={plan.secrets.join(', ')} />
        </p>
      )}
      <Runs planId={planId} />
      <p class="page-foot">
        <Command text={runCommand(planId, env)} />
      </p>
    </div>
  )
}

/** The way to the plan's runs, where the registry sees runs. */
function Runs({ planId }: { planId: string }) {
  if (!useSession().features.includes('runs')) return null
  return (
    <p class="note">
      <Link to={`/runs?planId=${planId}`}>Runs of this plan</Link>
    </p>
  )
}

function Locks({ plan: { source, locks } }: { plan: PlanParts }) {
  const kinds = useKinds().data?.body.items ?? []
  // The plan names its source by the singular, such as `template`.
  const kind = kinds.find(({ singular }) => singular === source?.kind)?.id
  const all = [...(source && kind ? [{ ...source, kind }] : []), ...locks]
  if (all.length === 0) return null
  return (
    <section class="part">
      <h2>
        Locked to <span class="soft count">{all.length}</span>
      </h2>
      <ul class="entries is-locks">
        {all.map((lock) => (
          <LockRow key={`${lock.kind}/${lock.id}`} lock={lock} />
        ))}
      </ul>
    </section>
  )
}

/** A locked version; it is marked when another one is live by now. */
function LockRow({ lock: { kind, id, version, digest } }: { lock: Lock }) {
  const env = new URLSearchParams(useSearch()).get('env') ?? undefined
  const { data } = useDefinition(kind, id, { env })
  const live = data?.body.live ? data.body : undefined
  return (
    <li>
      <span class="entry-main">
        <Link to={`/${kind}/${id}`} class="entry-link">
          <Foreign text={`${kind}/${id}`} />
        </Link>
      </span>
      <span>
        <Link to={`/${kind}/${id}/v/${version}`}>v{version}</Link>
        {live && live.version !== version && (
          <Tag tone="attention">
            v{live.version} is live{live.digest === digest && ', the same content'}
          </Tag>
        )}
        {data && !live && <Tag tone="danger">not live</Tag>}
      </span>
      <span class="entry-when">
        <Digest value={digest} label={`the digest of ${id}`} />
      </span>
    </li>
  )
}

function Steps({ plan: { steps } }: { plan: PlanParts }) {
  if (steps.length === 0) return null
  return (
    <section class="part">
      <h2>
        Steps <span class="soft count">{steps.length}</span>
      </h2>
      <PlanSteps steps={steps} />
    </section>
  )
}
