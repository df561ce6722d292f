import { useSearch } from 'wouter-preact'
import { readMove } from '../../model/moves/move-name.ts'
import { Later } from '../states/later.tsx'

const DIALOG = () => import('./move-dialog.tsx')

/** The form of the move that the address names, over whatever page is shown. */
export function MoveHost() {
  const move = readMove(new URLSearchParams(useSearch()).get('move'))
  return move ? <Later load={DIALOG} isQuiet /> : null
}
