import { nameOf } from '../name.ts'
import { previewPrefix } from './preview.ts'

/**
 * A bundle's key in the bucket `registry`. Keys are content-addressed, so that nothing is ever overwritten. A
 * preview's bundles have their own folder, which is removed together with the preview.
 */
export function bundlePath(kind: string, id: string, digest: string, preview?: string): string {
  const path = `${nameOf({ kind, id })}/${digest}.tar.gz`
  return preview === undefined ? path : `${previewPrefix(preview)}/${path}`
}
