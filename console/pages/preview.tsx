import { useParams } from 'wouter-preact'
import { type ShownPreview, usePreview } from '../data/operations.ts'
import { buildCommand } from '../model/moves/shell-command.ts'
import { plural } from '../model/texts/plural.ts'
import { Ends } from '../parts/operations/ends.tsx'
import { PlannedChange } from '../parts/operations/planned-change.tsx'
import { Heading } from '../parts/shell/heading.tsx'
import { Pending } from '../parts/states/pending.tsx'
import { ProblemView } from '../parts/states/problem.tsx'
import { PublishersOnly } from '../parts/states/publishers-only.tsx'
import { Command } from '../parts/words/copy.tsx'
import { Foreign } from '../parts/words/foreign.tsx'
import { Link } from '../parts/words/link.tsx'
import { Time } from '../parts/words/time.tsx'

/** One preview beside production: what a merge would change. */
export default function PreviewPage() {
  return (
    <PublishersOnly title="Preview" what="Previews are shown to publishers.">
      <ShownPreviewPage />
    </PublishersOnly>
  )
}

function ShownPreviewPage() {
  const { name = '' } = useParams<{ name: string }>()
  const { data, error, refetch } = usePreview(name)
  if (!data) return <Pending title={name} error={error} retry={() => refetch()} />
  const preview = data.body
  return (
    <div class="page">
      {error && <ProblemView error={error} retry={() => refetch()} />}
      <Heading title={`${name} · preview`}>
        <Foreign text={name} />
      </Heading>
      <About preview={preview} />
      {preview.plan ? (
        <Plan preview={preview} plan={preview.plan} />
      ) : (
        <p class="soft part">
          What the preview shows cannot be read any more: it has expired, or is being removed.
        </p>
      )}
      <p class="page-foot">
        <Command text={buildCommand(['nofx', 'preview', 'diff', name], {})} />
      </p>
    </div>
  )
}

function About({ preview }: { preview: ShownPreview }) {
  const { name, origin, actor, commit, createdAt, plan } = preview
  return (
    <>
      <p class="line">
        <span class="soft">preview of</span>
        <Foreign text={origin} />
        <Ends preview={preview} />
      </p>
      <p class="line soft">
        <span>
          by <Foreign text={actor} />
        </span>
        {commit && (
          <span>
            commit <code title={commit}>{commit.slice(0, 8)}</code>
          </span>
        )}
        <span>
          made <Time iso={createdAt} />
        </span>
        {plan && <Link to={`/?env=${name}`}>open the console in this preview</Link>}
      </p>
    </>
  )
}

interface PlanProps {
  preview: ShownPreview
  plan: NonNullable<ShownPreview['plan']>
}

/** What a merge would do to production, a definition after the other, and what it would leave out. */
function Plan({ preview: { name }, plan: { items, missing, more } }: PlanProps) {
  if (items.length + missing.length === 0)
    return <p class="soft part">The preview shows what production shows: a merge would change nothing.</p>
  return (
    <>
      <p class="part plan-sum">
        A merge would change {plural(items.length, 'definition')}
        {missing.length > 0 && `; ${plural(missing.length, 'definition')} of production would be missing`}.
        {more && ' There are more, which only the command shows.'}
      </p>
      {items.map((item) => (
        <PlannedChange
          key={`${item.kind}/${item.id}`}
          change={item}
          to={`/${item.kind}/${item.id}?env=${name}`}
        />
      ))}
      {missing.length > 0 && (
        <section class="part">
          <h2>Missing in the preview</h2>
          <ul class="plain-list">
            {missing.map(({ kind, id, requiredBy }) => (
              <li key={`${kind}/${id}`}>
                <Link to={`/${kind}/${id}`}>
                  <Foreign text={`${kind}/${id}`} />
                </Link>
                {requiredBy.length > 0 && (
                  <span class="is-danger">
                    {' '}
                    needed by <Foreign text={requiredBy.join(', ')} />
                  </span>
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  )
}
