import type { ComponentChildren } from 'preact'
import { useLocation, useSearch } from 'wouter-preact'
import { withQuery } from '../../model/address/url-state.ts'
import { type Move, nameMove } from '../../model/moves/move-name.ts'

interface MoveButtonProps {
  move: Move
  /** Why the move cannot be made; the button is then disabled, and says so. */
  obstacle: string | undefined
  children: ComponentChildren
  class?: string
  label?: string
}

/** Opens the form of a move: the address then names it. */
export function MoveButton({ move, obstacle, children, class: name, label }: MoveButtonProps) {
  const [path, navigate] = useLocation()
  const search = useSearch()
  const open = () => {
    if (obstacle === undefined) navigate(path + withQuery(search, { move: nameMove(move) }))
  }
  return (
    <button
      type="button"
      class={name}
      aria-disabled={obstacle !== undefined}
      aria-label={label}
      aria-description={obstacle}
      title={obstacle}
      onClick={open}
    >
      {children}
    </button>
  )
}
