import { execFileSync } from 'node:child_process'

/** Who commits. Upkeep after a commit would take the time of what is measured. */
export const IDENTITY = ['-c', 'user.name=Bench', '-c', 'user.email=bench@example.com', '-c', 'gc.auto=0']

/** Commits everything in a folder, after another git command if one is given. */
export function commitAll(cwd, ...first) {
  const git = (...words) => execFileSync('git', [...IDENTITY, ...words], { cwd, stdio: 'pipe' })
  if (first.length > 0) git(...first)
  git('add', '-A')
  git('commit', '-qm', 'change')
}
