import { Problem, SESSION_ENDED } from '../../data/problem.ts'
import { goOnAsReader } from '../../data/session.ts'
import { SignInLink } from '../session/sign-in-link.tsx'
import { Copy } from '../words/copy.tsx'
import { Foreign } from '../words/foreign.tsx'

/** What went wrong, what to do, and the request's id for the log. */
export function ProblemView({ error, retry }: { error: unknown; retry?: () => void }) {
  const problem = error instanceof Problem ? error : new Problem(0, { detail: String(error), code: 'BUG' })
  return (
    <div class="problem" role="alert">
      <p>
        <Foreign text={sentence(problem.message)} />
      </p>
      {problem.hint && (
        <p class="soft">
          <Foreign text={problem.hint} />
        </p>
      )}
      <p class="problem-foot">
        <code>{problem.code}</code>
        {problem.requestId && (
          <span class="soft">
            request <code>{problem.requestId.slice(0, 8)}</code>{' '}
            <Copy text={problem.requestId} label="the request’s id" />
          </span>
        )}
        {problem.code === SESSION_ENDED ? (
          <>
            <SignInLink>Sign in</SignInLink>
            <button type="button" onClick={goOnAsReader}>
              Go on as a reader
            </button>
          </>
        ) : (
          retry && (
            <button type="button" onClick={retry}>
              Try again
            </button>
          )
        )}
      </p>
    </div>
  )
}

/** The server's message as a sentence of its own. */
export const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
