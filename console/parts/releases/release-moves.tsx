import { useState } from 'preact/hooks'
import type { WholeRelease } from '../../data/release.ts'
import { DiffSummary } from '../diff/diff-summary.tsx'
import { Foreign } from '../words/foreign.tsx'
import { Link } from '../words/link.tsx'
import { Tag } from '../words/tag.tsx'

type Move = WholeRelease['moves'][number]

/** In a release of so few definitions the differences are open. */
const FEW = 2

/** The definitions that a release moved, each with its difference. */
export function ReleaseMoves({ release, env }: { release: WholeRelease; env?: string }) {
  const { moves, moved, outcomes } = release
  const shown = new Set(moves.map(nameOf))
  const others = outcomes.filter((one) => one.outcome !== 'unchanged' && !shown.has(nameOf(one)))
  const unchanged = outcomes.length - moved
  return (
    <section class="part">
      <h2>
        Moved <span class="soft count">{moved.toLocaleString('en')}</span>
      </h2>
      {moved === 0 && <p class="soft note">This release moved nothing.</p>}
      <ul class="moves">
        {moves.map((move) => (
          <MoveRow key={nameOf(move)} move={move} env={env} isOpenAtFirst={moved <= FEW} />
        ))}
        {others.map(({ kind, id, outcome, version }) => (
          <li key={`${kind}/${id}`}>
            <div class="move">
              <span class="move-outcome">{outcome}</span>
              <Name kind={kind} id={id} />
              <span class="move-versions">{version === null ? '' : `v${version}`}</span>
            </div>
          </li>
        ))}
      </ul>
      {unchanged > 0 && (
        <p class="soft note">
          {unchanged.toLocaleString('en')} {unchanged === 1 ? 'definition was' : 'definitions were'} sent and
          had not changed.
        </p>
      )}
    </section>
  )
}

const nameOf = ({ kind, id }: { kind: string; id: string }) => `${kind}/${id}`

function MoveRow({ move, env, isOpenAtFirst }: { move: Move; env?: string; isOpenAtFirst: boolean }) {
  const [isOpen, setOpen] = useState(isOpenAtFirst)
  const { kind, id, outcome, from, to } = move
  const isComparable = from !== null && to !== null && from !== to
  return (
    <li>
      <div class="move">
        <span class={`move-outcome is-${outcome}`}>{outcome}</span>
        <Name kind={kind} id={id} />
        <Versions move={move} />
        {isComparable && (
          <span class="move-diff">
            <button type="button" class="quiet" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
              {isOpen ? 'Hide' : 'Show'} the difference
            </button>
            <Link to={`/${kind}/${id}/diff?from=${from}&to=${to}`}>Open</Link>
          </span>
        )}
      </div>
      {isOpen && isComparable && <DiffSummary kind={kind} id={id} from={from} to={to} env={env} />}
    </li>
  )
}

function Name({ kind, id }: { kind: string; id: string }) {
  return (
    <span class="move-name">
      <Link to={`/${kind}/${id}`}>
        <Foreign text={id} />
      </Link>{' '}
      <span class="soft">{kind}</span>
    </span>
  )
}

function Versions({ move: { from, to, content, draft } }: { move: Move }) {
  return (
    <span class="move-versions">
      {from !== null && <span class="soft">v{from} → </span>}
      {to === null ? <span class="soft">nothing</span> : `v${to}`}
      {content !== null && <span class="soft"> the content of v{content}</span>}
      {draft && <Tag tone="attention">draft</Tag>}
    </span>
  )
}
