import { previewPrefix } from './preview.ts'

/**
 * A bundle's key in the bucket `registry`: content-addressed, so that nothing is ever overwritten. Those of a preview
 * lie together, apart from production's, and go with it.
 */
export function bundlePath(kind: string, id: string, digest: string, preview?: string): string {
  const path = `${kind}/${id}/${digest}.tar.gz`
  return preview === undefined ? path : `${previewPrefix(preview)}/${path}`
}
