import { type Preview, usePreviews } from '../data/operations.ts'
import { plural } from '../model/texts/plural.ts'
import { Ends } from '../parts/operations/ends.tsx'
import { Heading } from '../parts/shell/heading.tsx'
import { Empty } from '../parts/states/empty.tsx'
import { ProblemView } from '../parts/states/problem.tsx'
import { PublishersOnly } from '../parts/states/publishers-only.tsx'
import { Skeleton } from '../parts/states/skeleton.tsx'
import { Command } from '../parts/words/copy.tsx'
import { Foreign } from '../parts/words/foreign.tsx'
import { Link } from '../parts/words/link.tsx'
import { Time } from '../parts/words/time.tsx'

/** The previews: branches beside production. */
export default function Previews() {
  return (
    <PublishersOnly title="Previews" what="Previews are shown to publishers.">
      <PreviewList />
    </PublishersOnly>
  )
}

function PreviewList() {
  const { data, error, refetch } = usePreviews()
  return (
    <div class="page">
      <div class="page-head">
        <Heading title="Previews" />
        {data && data.body.items.length > 0 && <span class="soft total">{data.body.items.length}</span>}
      </div>
      {error && <ProblemView error={error} retry={() => refetch()} />}
      {!data ? (
        !error && <Skeleton />
      ) : data.body.items.length === 0 ? (
        <Empty command="nofx preview up <name>">
          A preview shows a branch beside production, to people with the role alone.
        </Empty>
      ) : (
        <ol class="entries is-previews">
          {data.body.items.map((preview) => (
            <PreviewRow key={preview.name} preview={preview} />
          ))}
        </ol>
      )}
      <p class="page-foot">
        <Command text="nofx preview list" />
      </p>
    </div>
  )
}

function PreviewRow({ preview }: { preview: Preview }) {
  const { name, origin, actor, changes, updatedAt } = preview
  return (
    <li>
      <span class="entry-main">
        <Link to={`/previews/${name}`} class="entry-link">
          <Foreign text={name} />
        </Link>
        <span class="entry-note soft">
          <Foreign text={origin} />
        </span>
      </span>
      <span>{changes === 0 ? <span class="soft">no change</span> : plural(changes, 'change')}</span>
      <span class="entry-who soft">
        <Foreign text={actor} />
      </span>
      <span class="soft">
        <Time iso={updatedAt} />
      </span>
      <span class="entry-when">
        <Ends preview={preview} />
      </span>
    </li>
  )
}
