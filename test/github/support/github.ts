import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Project, serveProject } from '../../edge/support/functions-under-test.ts'
import {
  type IdentityProvider,
  REQUEST_TOKEN,
  serveIdentityProvider,
} from '../../edge/support/identity-provider.ts'
import { openedDatabase } from '../../harness/cloud-database.ts'
import { type GithubApi, serveGithubApi, TOKEN } from './github-api.ts'
import { makeRepository, type PullRequest, REPOSITORY, type Repository } from './repository.ts'
import { servePrograms } from './resident-program.ts'
import { type Run, runWorkflow } from './runner.ts'

/** The rows of registry_policies that docs/ci.md gives. */
const POLICIES = [
  { refs: ['refs/heads/main'], events: ['push', 'workflow_dispatch'] },
  {
    refs: ['refs/pull/*', 'refs/heads/main'],
    events: ['pull_request', 'schedule', 'workflow_dispatch'],
    previews: true,
  },
]

/** A repository on GitHub with a hosted registry: its machine is this one, all else is on loopback. */
export interface Github {
  repository: Repository
  api: GithubApi
  project: Project
  /** Runs registry.yml for a push of this commit to main; `assumed` jobs are taken as done. */
  pushed(sha: string, assumed?: string[]): Promise<Run>
  /** Runs registry.yml for a pull request, of a branch of `from`. */
  proposed(pull: PullRequest, how?: { from?: string; assumed?: string[] }): Promise<Run>
  /** Runs preview-cleanup.yml: for a pull request that was merged, or closed, or by the clock. */
  cleaned(how: { merged: PullRequest } | { closed: PullRequest } | 'by the clock'): Promise<Run>
  close(): Promise<void>
}

export async function openGithub(): Promise<Github> {
  const [project, provider, api] = await Promise.all([
    openedDatabase().then(serveProject),
    serveIdentityProvider(),
    serveGithubApi(REPOSITORY),
  ])
  const repository = makeRepository()
  const identities = POLICIES.map((policy) => ({
    issuer: provider.issuer,
    audience: project.url,
    repository: REPOSITORY,
    ...policy,
  }))
  await project.query(
    `insert into public.registry_policies (kind, identities) values ('*', '${JSON.stringify(identities)}')`,
  )
  const socket = mkdtempSync(join(tmpdir(), 'nofx-programs-'))
  const temps: string[] = [socket]
  const programs = join(socket, 'socket')
  const endPrograms = await servePrograms(programs)
  const { sign } = provider

  const run = async (
    file: string,
    event_name: string,
    at: { ref: string; sha: string },
    payload: object,
    assumed?: string[],
  ) => {
    const temp = mkdtempSync(join(tmpdir(), 'nofx-runner-'))
    temps.push(temp)
    const event = { ...payload, repository: { full_name: REPOSITORY, default_branch: 'main' } }
    writeFileSync(join(temp, 'event.json'), JSON.stringify(event))
    const job = { repository: REPOSITORY, ref: at.ref, sha: at.sha, event_name, run_id: '77' }
    provider.sign = (claims) => sign({ ...job, ...claims })
    const github = { event_name, event, repository: REPOSITORY, ...at, token: TOKEN }
    const run: Run = {
      ...at,
      remote: repository.remote,
      temp,
      programs,
      env: environment(temp, api, provider, github),
      contexts: { github, vars: { SUPABASE_URL: project.url } },
      results: {},
      log: '',
      summary: '',
    }
    await runWorkflow(run, file, assumed)
    return run
  }
  const about = (pull: PullRequest, from = REPOSITORY) => ({
    pull_request: {
      number: pull.number,
      head: { ref: pull.branch, sha: pull.head, repo: { full_name: from } },
      base: { sha: pull.base },
    },
  })
  const mergeOf = (pull: PullRequest) => ({ ref: `refs/pull/${pull.number}/merge`, sha: pull.merge })
  const onMain = (sha: string) => ({ ref: 'refs/heads/main', sha })
  const headOfMain = () => repository.work.git('ls-remote', 'origin', 'refs/heads/main').slice(0, 40)

  return {
    repository,
    api,
    project,
    pushed: (sha, assumed) => run('registry.yml', 'push', onMain(sha), {}, assumed),
    proposed: (pull, { from, assumed } = {}) =>
      run('registry.yml', 'pull_request', mergeOf(pull), about(pull, from), assumed),
    cleaned: (how) => {
      const file = 'preview-cleanup.yml'
      if (how === 'by the clock') return run(file, 'schedule', onMain(headOfMain()), {})
      if ('closed' in how) return run(file, 'pull_request', mergeOf(how.closed), about(how.closed))
      return run(file, 'pull_request', onMain(headOfMain()), about(how.merged))
    },
    close: async () => {
      repository.remove()
      await Promise.all([api.close(), provider.close(), project.close(), endPrograms()])
      for (const temp of temps) rmSync(temp, { recursive: true, force: true })
    },
  }
}

function environment(
  temp: string,
  api: GithubApi,
  provider: IdentityProvider,
  github: { event_name: string; ref: string; sha: string },
): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: temp,
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTOR: 'octocat',
    GITHUB_API_URL: api.url,
    GITHUB_EVENT_NAME: github.event_name,
    GITHUB_EVENT_PATH: join(temp, 'event.json'),
    GITHUB_REF: github.ref,
    GITHUB_REPOSITORY: REPOSITORY,
    GITHUB_RUN_ID: '77',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_SHA: github.sha,
    ...provider.env,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: REQUEST_TOKEN,
  }
}
