/**
 * Files that operating systems and editors leave in any folder, as npm's list of files that are never packed and
 * github.com/github/gitignore (Global) name them. Only where git ignores them as well do they count as nothing.
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

/** Whether a path's last part is such a file. */
export function isSystemFile(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return NAMES.has(name.toLowerCase()) || PATTERN.test(name)
}
