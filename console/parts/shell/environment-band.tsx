import { Link as RouterLink, useLocation, useSearch } from 'wouter-preact'
import { usePreviews } from '../../data/operations.ts'
import { useSession } from '../../data/session.ts'
import { withQuery } from '../../model/address/url-state.ts'
import { tellTime } from '../../model/time/relative-time.ts'
import { Foreign } from '../words/foreign.tsx'
import { Link } from '../words/link.tsx'
import { useMinute } from '../words/time.tsx'

/** The environment is seen without reading: `nofx dev` is grey, a preview is striped, production has no band. */
export function EnvironmentBand() {
  const preview = new URLSearchParams(useSearch()).get('env')
  const { registry } = useSession()
  if (preview) return <PreviewBand name={preview} />
  if (registry?.environment !== 'dev') return null
  return (
    <aside class="band" aria-label="Environment">
      nofx dev · <Foreign text={registry.name} />
    </aside>
  )
}

/** Which preview is shown, whose it is and until when; the name alone for readers, for whom it does not exist. */
function PreviewBand({ name }: { name: string }) {
  const [path] = useLocation()
  const search = useSearch()
  const { publisher } = useSession()
  const { data } = usePreviews(publisher)
  const now = useMinute()
  const preview = data?.body.items.find((one) => one.name === name)
  const isOver = preview && (preview.expired || Date.parse(preview.expiresAt) <= now)
  return (
    <aside class="band is-preview" aria-label="Environment">
      <span class="band-text">
        Preview{' '}
        {preview ? (
          <Link to={`/previews/${name}`}>
            <Foreign text={name} />
          </Link>
        ) : (
          <Foreign text={name} />
        )}
        {preview && (
          <>
            {' of '}
            <Foreign text={preview.origin} />
            {isOver ? ', expired' : `, until ${tellTime(Date.parse(preview.expiresAt), now)}`}
          </>
        )}
        {data && !preview && ', which does not exist'}
      </span>
      <RouterLink href={path + withQuery(search, { env: undefined })} class="band-leave">
        Back to production
      </RouterLink>
    </aside>
  )
}
