import type { Definition } from '../../data/queries.ts'
import { useSession } from '../../data/session.ts'
import { SignInLink } from '../session/sign-in-link.tsx'
import { MoveButton } from './move-button.tsx'
import { useObstacle } from './use-obstacle.ts'

/** What can be moved of a definition. What the reader may not do stands there disabled, with the reason. */
export function DefinitionMoves({ definition }: { definition: Definition }) {
  const { kind, id, status, live, latestVersion, draftVersion } = definition
  const obstacle = useObstacle()
  const one = { kind, id }
  const isLive = live && status !== 'disabled'
  return (
    <div class="moves">
      {draftVersion && (
        <MoveButton move={{ verb: 'promote', ...one, version: draftVersion }} obstacle={obstacle}>
          Promote draft v{draftVersion}…
        </MoveButton>
      )}
      {isLive && (
        <>
          <MoveButton
            move={{ verb: 'rollback', ...one }}
            obstacle={obstacle ?? (latestVersion === 1 ? 'There is no earlier version.' : undefined)}
          >
            Roll back…
          </MoveButton>
          <MoveButton move={{ verb: 'disable', ...one }} obstacle={obstacle}>
            Disable…
          </MoveButton>
        </>
      )}
      {status === 'disabled' && (
        <MoveButton move={{ verb: 'enable', ...one }} obstacle={obstacle}>
          Enable…
        </MoveButton>
      )}
      {status === 'removed' && (
        <MoveButton move={{ verb: 'undelete', ...one }} obstacle={obstacle}>
          Bring back…
        </MoveButton>
      )}
      {obstacle && <Obstacle text={obstacle} />}
    </div>
  )
}

function Obstacle({ text }: { text: string }) {
  const { isKnown, signedIn } = useSession()
  return <span class="obstacle soft">{isKnown && !signedIn ? <SignInLink>{text}</SignInLink> : text}</span>
}
