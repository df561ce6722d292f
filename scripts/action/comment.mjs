// The step "Comment" of action.yml: one comment on the pull request, created by the first run and replaced by later
// runs. A comment that cannot be written is a warning and not a failure, because the result of the run is already
// decided.
import { existsSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { isFromFork, notice, readEvent, warn } from './workflow.mjs'

const { GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_TOKEN, GITHUB_SERVER_URL, GITHUB_RUN_ID } = process.env
const { NOFX_COMMENT_AUTHOR, NOFX_COMMENT_FILE, NOFX_COMMENT_NAME } = process.env

/** The first line of what nofx writes: COMMENT_MARK in src/core/comment/comment.ts. */
const MARK = '<!-- nofx -->'
const PER_PAGE = 100
/** GitHub accepts no longer text. */
const LONGEST = 65_536
const TRIES = 3
const WAIT_MS = 1_000
/** Time limit of one call; GitHub answers within seconds or not at all. */
const TIMEOUT_MS = 30_000

/** A failure that may be temporary: of the network, or of GitHub. */
class Passing extends Error {}

const event = readEvent()
const number = event.pull_request?.number

if (!number) notice('There is no pull request to comment on.')
else if (isFromFork(event)) notice("A fork's run may not comment: what it says is on the page of the run.")
else if (!NOFX_COMMENT_FILE || !existsSync(NOFX_COMMENT_FILE)) notice('There is nothing to comment.')
else
  await comment(readFileSync(NOFX_COMMENT_FILE, 'utf8')).catch((error) =>
    warn(`No comment was written: ${error.message}`),
  )

async function comment(text) {
  if (!text.startsWith(`${MARK}\n`))
    throw new Error(`${basename(NOFX_COMMENT_FILE)} is not a comment by nofx`)
  const name = NOFX_COMMENT_NAME?.replace(/[^\w-]/g, '_')
  const mark = name ? MARK.replace('nofx', `nofx ${name}`) : MARK
  const body = `${text.replace(MARK, mark).trimEnd()}\n\n${signature()}`
  if (body.length > LONGEST) throw new Error(`it has ${body.length} characters, and GitHub takes ${LONGEST}`)
  for (let tries = 1; ; tries += 1) {
    try {
      return await put(mark, body)
    } catch (error) {
      if (!(error instanceof Passing) || tries >= TRIES) throw error
      await new Promise((done) => setTimeout(done, WAIT_MS * tries))
    }
  }
}

/** Looks for the comment before each attempt, because a call that seemed to fail may have created it. */
async function put(mark, body) {
  const found = await find(mark)
  if (found?.body === body) return
  if (found) await call('PATCH', `issues/comments/${found.id}`, { body })
  else await call('POST', `issues/${number}/comments`, { body })
}

/** Finds only a comment of the action's own account: another user's comment with the mark is not replaced. */
async function find(mark) {
  for (let page = 1; ; page += 1) {
    const comments = await call('GET', `issues/${number}/comments?per_page=${PER_PAGE}&page=${page}`)
    const found = comments.find(
      ({ user, body }) => user?.login === NOFX_COMMENT_AUTHOR && body?.startsWith(`${mark}\n`),
    )
    if (found || comments.length < PER_PAGE) return found
  }
}

/** The commit that the comment is about, and a link to the full results. */
function signature() {
  const sha = event.pull_request.head.sha
  const run = `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`
  return `<sub>Commit ${sha.slice(0, 12)}, [run ${GITHUB_RUN_ID}](${run})</sub>`
}

async function call(method, path, body) {
  const response = await fetch(`${GITHUB_API_URL}/repos/${GITHUB_REPOSITORY}/${path}`, {
    method,
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${GITHUB_TOKEN}`,
      'content-type': 'application/json',
      'user-agent': 'nofx',
      'x-github-api-version': '2022-11-28',
    },
    body: body && JSON.stringify(body),
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error) => {
    throw new Passing(`GitHub cannot be reached (${error.cause?.code ?? error.name})`)
  })
  if (response.ok) return response.json()
  const why = `GitHub answers ${response.status} to ${method} ${path.replace(/\?.*/, '')}`
  // If the comment was deleted meanwhile, the next attempt looks again and creates one.
  if (response.status >= 500 || response.status === 429 || (method === 'PATCH' && response.status === 404))
    throw new Passing(why)
  throw new Error(response.status === 403 ? `${why}: the job needs "pull-requests: write"` : why)
}
