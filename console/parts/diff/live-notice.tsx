import { useRef } from 'preact/hooks'
import type { Moment } from '../../data/moment.ts'
import type { Definition, From } from '../../data/queries.ts'
import { Link } from '../words/link.tsx'

/**
 * The definition as it was when the page was opened: what is compared does not change under a reader.
 * @param isBehind whether the definition is still that of the moment before, while the one of `moment` is on its way
 */
export function useOpened(definition: Definition, { env, at }: Moment, isBehind: boolean): Definition {
  const opened = useRef({ definition, env, at, isBehind })
  const { current } = opened
  if (current.env !== env || current.at !== at || (current.isBehind && !isBehind))
    opened.current = { definition, env, at, isBehind }
  return opened.current.definition
}

interface NoticeProps {
  now: Definition
  opened: Definition
  from: From
  to: number
}

/** Says that another version went live while the page was read. */
export function LiveNotice({ now, opened, from, to }: NoticeProps) {
  const { kind, id, live, version } = now
  if (!live || version === opened.version || version === to) return null
  return (
    <p class="live-notice" role="status">
      <Link to={`/${kind}/${id}/diff?from=${from}&to=${version}`}>
        v{version} is live now: compare with it
      </Link>
    </p>
  )
}
