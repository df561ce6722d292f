import { useLocation, useSearch } from 'wouter-preact'
import type { Definition } from '../../data/queries.ts'
import { useLifeOf, type WholeVersion } from '../../data/version.ts'
import { carryQuery } from '../../model/address/url-state.ts'
import { VersionMove } from '../moves/version-move.tsx'
import { useBracketKeys } from '../shell/bracket-keys.ts'
import { Foreign } from '../words/foreign.tsx'
import { Link } from '../words/link.tsx'
import { Time } from '../words/time.tsx'
import { Origin } from './origin.tsx'

interface HeadProps {
  definition: Definition
  shown: WholeVersion
  env: string | undefined
}

/** Which version the page shows, when it was live, what made it, and the ways to the others. */
export function VersionHead({ definition, shown, env }: HeadProps) {
  const { kind, id, latestVersion, live, version: liveVersion } = definition
  const { version, declaredVersion } = shown
  return (
    <section class="version-head" aria-label={`Version ${version}`}>
      <div class="heading-row">
        <h2>
          v{version}
          {declaredVersion && (
            <span class="soft">
              {' '}
              <Foreign text={declaredVersion} />
            </span>
          )}
        </h2>
        <VersionMove row={shown} definition={definition} />
      </div>
      <p class="line">
        <Life definition={definition} shown={shown} env={env} />
        <span class="soft line">
          <Origin made={shown} />
        </span>
      </p>
      <p class="line">
        <Steps path={`/${kind}/${id}/v/`} version={version} latest={latestVersion} />
        {version > 1 && (
          <Link to={`/${kind}/${id}/diff?from=${version - 1}&to=${version}`}>what it changed</Link>
        )}
        {live && version !== liveVersion && (
          <Link to={`/${kind}/${id}/diff?from=${version}&to=${liveVersion}`}>
            compare with v{liveVersion}, which is live
          </Link>
        )}
      </p>
    </section>
  )
}

/** When readers got the version. Publishers alone may know of the past. */
function Life({ definition: { live, version, liveSince, draftVersion }, shown, env }: HeadProps) {
  const { data: life } = useLifeOf(shown, env)
  if (live && version === shown.version)
    return (
      <strong class="is-live">
        live{' '}
        {liveSince && (
          <>
            since <Time iso={liveSince} />
          </>
        )}
      </strong>
    )
  if (life?.from && life.until)
    return (
      <strong>
        was live from <Time iso={life.from} /> to <Time iso={life.until} />
      </strong>
    )
  return <strong class="is-attention">{shown.version === draftVersion ? 'a draft, ' : ''}not live</strong>
}

/** The versions before and after; `[` and `]` lead there, too. */
function Steps({ path, version, latest }: { path: string; version: number; latest: number }) {
  const [, navigate] = useLocation()
  const search = useSearch()
  const [older, newer] = [version - 1, version + 1].map((one) =>
    one >= 1 && one <= latest ? one : undefined,
  )
  useBracketKeys((step) => {
    const next = step < 0 ? older : newer
    if (next !== undefined) navigate(carryQuery(path + next, search))
  })
  return (
    <>
      {older && <Link to={path + older}>← v{older}</Link>}
      {newer && <Link to={path + newer}>v{newer} →</Link>}
    </>
  )
}
