import type { Definition, Version } from '../../data/queries.ts'
import { MoveButton } from './move-button.tsx'
import { useObstacle } from './use-obstacle.ts'

/** What can be done with one version of the history. The live one and those without content have nothing. */
export function VersionMove({ row, definition }: { row: Version; definition: Definition }) {
  const { kind, id, live, version: liveVersion, draftVersion } = definition
  const { version, status, withdrawnAt } = row
  const obstacle = useObstacle()
  if (withdrawnAt || status === 'removed' || (live && version === liveVersion)) return null
  if (version !== draftVersion && status === 'draft') return null
  const verb = version === draftVersion ? 'promote' : 'rollback'
  return (
    <MoveButton
      move={{ verb, kind, id, version }}
      obstacle={obstacle}
      class="quiet"
      label={`Make live: v${version}`}
    >
      Make live…
    </MoveButton>
  )
}
