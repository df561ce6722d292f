import type { BundleRef } from '../../core/registry/revision.ts'
import type { RemoteError } from './remote-failure.ts'

/** The one chunk size that Supabase accepts, bytes. */
const CHUNK = 6 * 1024 * 1024

/** The endpoint and the key of resumable uploads. */
export interface ResumableTarget {
  /** `https://…/storage/v1/upload/resumable` */
  endpoint: string
  key: string
  /** Pauses before each retry of a chunk, milliseconds; an upload continues where the connection was lost. */
  pauses?: number[]
}

/** Uploads in chunks by the TUS protocol, which loses at most one chunk to a broken connection. */
export async function uploadResumable(
  target: ResumableTarget,
  bucket: string,
  { path }: BundleRef,
  archive: Uint8Array,
): Promise<RemoteError | undefined> {
  const { Upload, DetailedError } = await import('tus-js-client')
  return new Promise((resolve) => {
    const upload = new Upload(Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength), {
      endpoint: target.endpoint,
      headers: { apikey: target.key, authorization: `Bearer ${target.key}`, 'x-upsert': 'false' },
      metadata: {
        bucketName: bucket,
        objectName: path,
        contentType: 'application/gzip',
        cacheControl: '31536000',
      },
      chunkSize: CHUNK,
      retryDelays: target.pauses ?? [250, 1000, 3000, 10_000],
      uploadDataDuringCreation: true,
      removeFingerprintOnSuccess: true,
      storeFingerprintForResuming: false,
      onShouldRetry: (error) => isTransient(error.originalResponse?.getStatus() ?? 0),
      onSuccess: () => resolve(undefined),
      onError: (error) => {
        const response = error instanceof DetailedError ? error.originalResponse : undefined
        const status = response?.getStatus() ?? 0
        resolve({ message: response?.getBody() || error.message, status })
      },
    })
    upload.start()
  })
}

function isTransient(status: number): boolean {
  return status === 0 || status === 429 || status >= 500
}
