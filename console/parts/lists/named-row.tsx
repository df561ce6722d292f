import type { ComponentChildren } from 'preact'
import { Foreign } from '../words/foreign.tsx'
import { Link } from '../words/link.tsx'

/** An entry of a short list: the id of a definition, which leads to it, its name, and what the list is about. */
export function NamedRow(props: { kind: string; id: string; name: string; children: ComponentChildren }) {
  const { kind, id, name, children } = props
  return (
    <li>
      <Link to={`/${kind}/${id}`}>
        <Foreign text={id} />
      </Link>
      <span class="soft">
        <Foreign text={name} />
      </span>
      {children}
    </li>
  )
}
