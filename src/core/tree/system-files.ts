/**
 * Files that operating systems and editors create in any folder, from npm's list of files that are never packed and
 * github.com/github/gitignore (Global). They are skipped only if git ignores them too.
 */
const NAMES = new Set([
  '.ds_store',
  '.localized',
  'thumbs.db',
  'thumbs.db:encryptable',
  'ehthumbs.db',
  'ehthumbs_vista.db',
  'desktop.ini',
  'icon\r',
  '.directory',
])
const PATTERN = /^(?:\._.*|.*~|\.#.*|#.*#|\..*\.sw[a-p]|\.fuse_hidden.*|\.nfs.*)$/s

/** Whether the last segment of a path is the name of such a file. */
export function isSystemFile(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return NAMES.has(name.toLowerCase()) || PATTERN.test(name)
}
