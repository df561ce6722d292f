import { useRef } from 'preact/hooks'
import type { Moment } from '../../data/moment.ts'
import type { Definition } from '../../data/queries.ts'
import { Link } from '../words/link.tsx'

/** The definition as it was when the page was opened: what is compared does not change under a reader. */
export function useOpened(definition: Definition, { env, at }: Moment): Definition {
  const opened = useRef({ definition, env, at })
  if (opened.current.env !== env || opened.current.at !== at) opened.current = { definition, env, at }
  return opened.current.definition
}

interface NoticeProps {
  now: Definition
  opened: Definition
  from: number
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
