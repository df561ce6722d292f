import { useState } from 'preact/hooks'
import { readRefusal } from '../../data/client.ts'
import { endSession, useSession } from '../../data/session.ts'
import { ProblemView } from '../states/problem.tsx'
import { Foreign } from '../words/foreign.tsx'

/** Who is signed in, and what the role allows. */
export function Account() {
  const { actor, publisher, registry } = useSession()
  const [problem, setProblem] = useState<unknown>()
  const end = async () => setProblem(await readRefusal(endSession()))
  return (
    <>
      <dl class="fields part">
        <Row name="Name in the history">
          <Foreign text={actor ?? 'a secret key'} />
        </Row>
        <Row name="Role">{publisher ? <Publisher /> : <Reader />}</Row>
        <Row name="Registry">
          <Foreign text={registry?.name ?? ''} />{' '}
          <span class="soft">{registry?.environment === 'dev' ? 'nofx dev' : 'deployment'}</span>
        </Row>
      </dl>
      {problem !== undefined && <ProblemView error={problem} />}
      <p class="actions">
        <button type="button" onClick={end}>
          Sign out
        </button>
      </p>
    </>
  )
}

function Row({ name, children }: { name: string; children: preact.ComponentChildren }) {
  return (
    <div class="field">
      <dt class="soft">{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

const Publisher = () => (
  <>
    publisher <span class="soft">sees drafts, names and reasons, and moves definitions</span>
  </>
)

const Reader = () => (
  <>
    reader{' '}
    <span class="soft">
      sees what everybody sees. An administrator of the project gives the role publisher; sign in again
      afterwards.
    </span>
  </>
)
