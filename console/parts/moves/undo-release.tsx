import { MoveButton } from './move-button.tsx'
import { useObstacle } from './use-obstacle.ts'

/** Undoes a release as a whole. */
export function UndoRelease({ id, isUndone }: { id: string; isUndone: boolean }) {
  const obstacle = useObstacle()
  return (
    <div class="moves">
      <MoveButton
        move={{ verb: 'undo', release: id }}
        obstacle={obstacle ?? (isUndone ? 'It is undone already.' : undefined)}
      >
        Undo…
      </MoveButton>
    </div>
  )
}
