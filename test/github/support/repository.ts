import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TestProject } from '../../harness/project.ts'

export const REPOSITORY = 'octo/agents'

/** A pull request as GitHub keeps it: its head, and the merge with its base. */
export interface PullRequest {
  number: number
  branch: string
  head: string
  base: string
  /** What jobs check out. */
  merge: string
}

/** A bare repository, and a clone in which its people work. */
export interface Repository {
  remote: string
  work: TestProject
  /** Commits what was written to main, and pushes it. */
  push(message?: string): string
  /** Commits to a branch, from main; again with the same branch replaces it, as a force-push does. */
  pullRequest(number: number, branch: string, files: Record<string, string | object>): PullRequest
  remove(): void
}

export function makeRepository(): Repository {
  const remote = mkdtempSync(join(tmpdir(), 'nofx-remote-'))
  execFileSync('git', ['init', '--quiet', '--bare', '-b', 'main', remote])
  execFileSync('git', ['config', 'uploadpack.allowAnySHA1InWant', 'true'], { cwd: remote })
  const work = new TestProject({}, { empty: true })
  work.git('remote', 'add', 'origin', remote)
  const head = () => work.git('rev-parse', 'HEAD').trim()
  return {
    remote,
    work,
    push(message) {
      work.commit(message).git('push', '--quiet', 'origin', 'main')
      return head()
    },
    pullRequest(number, branch, files) {
      const base = head()
      work.git('checkout', '--quiet', '-B', branch, 'main')
      work.write(files).commit(`change of ${number}`)
      const changed = head()
      work.git('push', '--quiet', '--force', 'origin', `HEAD:refs/heads/${branch}`)
      work.git('checkout', '--quiet', '--detach', 'main')
      work.git('merge', '--quiet', '--no-ff', '-m', 'merge', changed)
      const merge = head()
      work.git('push', '--quiet', '--force', 'origin', `HEAD:refs/pull/${number}/merge`)
      work.git('checkout', '--quiet', 'main')
      return { number, branch, head: changed, base, merge }
    },
    remove() {
      work.remove()
      rmSync(remote, { recursive: true, force: true })
    },
  }
}
