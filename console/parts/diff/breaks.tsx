import type { useLinks } from '../../data/links.ts'
import { ProblemView } from '../states/problem.tsx'
import { Skeleton } from '../states/skeleton.tsx'
import { Foreign } from '../words/foreign.tsx'
import { Link } from '../words/link.tsx'

/** The live definitions that would lack something if a version were live. */
export function Breaks({ links, version }: { links: ReturnType<typeof useLinks>; version: number }) {
  const { data, error, refetch } = links
  return (
    <section class="part">
      <h2>Would break</h2>
      {error && <ProblemView error={error} retry={() => refetch()} />}
      {data?.body.version === version ? (
        <BrokenList names={data.body.breaks} more={data.body.more} />
      ) : (
        !error && <Skeleton rows={1} />
      )}
    </section>
  )
}

function BrokenList({ names, more }: { names: readonly string[]; more: boolean }) {
  return (
    <>
      {names.length === 0 ? (
        <p class="soft note">Nothing that is live.</p>
      ) : (
        <ul class="links">
          {names.map((name) => (
            <li key={name} class="link is-danger">
              <Link to={`/${name}`}>
                <Foreign text={name} />
              </Link>
            </li>
          ))}
        </ul>
      )}
      {more && <p class="soft note">More definitions need it than the server looks at: see its links.</p>}
    </>
  )
}
