import { randomUUID } from 'node:crypto'
import type { Cloud } from '../../../src/cloud/embedded/open-cloud.ts'

interface Upload {
  length: number
  path: string
  bytes: Buffer
}

/** The server's half of TUS 1.0 with creation-with-upload, as Supabase speaks it; lite has none. */
export class TusUploads {
  private readonly cloud: Cloud
  private readonly uploads = new Map<string, Upload>()

  constructor(cloud: Cloud) {
    this.cloud = cloud
  }

  async answer(request: Request, body: Buffer): Promise<Response> {
    if (request.headers.get('authorization') !== `Bearer ${this.cloud.keys.secret}`)
      return new Response('{"message":"jwt invalid"}', { status: 403 })
    if (request.method === 'POST') return this.create(request, body)
    const id = new URL(request.url).pathname.split('/').at(-1) ?? ''
    const upload = this.uploads.get(id)
    if (!upload) return new Response('no such upload', { status: 404 })
    if (request.method === 'HEAD')
      return new Response(null, {
        status: 200,
        headers: { 'upload-offset': String(upload.bytes.length), 'upload-length': String(upload.length) },
      })
    if (Number(request.headers.get('upload-offset')) !== upload.bytes.length)
      return new Response('wrong offset', { status: 409 })
    return this.append(upload, body, 204, {})
  }

  private async create(request: Request, body: Buffer): Promise<Response> {
    const pairs = (request.headers.get('upload-metadata') ?? '').split(',').map((pair) => pair.split(' '))
    const metadata = Object.fromEntries(
      pairs.map(([name, value = '']) => [name, Buffer.from(value, 'base64').toString()]),
    )
    const path = metadata.objectName ?? ''
    const known = await this.cloud.client.storage.from(metadata.bucketName ?? '').exists(path)
    if (known.data) return new Response('{"message":"The resource already exists"}', { status: 409 })
    const id = randomUUID()
    const upload = { length: Number(request.headers.get('upload-length')), path, bytes: Buffer.alloc(0) }
    this.uploads.set(id, upload)
    return this.append(upload, body, 201, { location: `${new URL(request.url).pathname}/${id}` })
  }

  private async append(
    upload: Upload,
    chunk: Buffer,
    status: number,
    headers: Record<string, string>,
  ): Promise<Response> {
    upload.bytes = Buffer.concat([upload.bytes, chunk])
    if (upload.bytes.length === upload.length)
      await this.cloud.client.storage
        .from('registry')
        .upload(upload.path, upload.bytes, { contentType: 'application/gzip' })
    const offset = { 'upload-offset': String(upload.bytes.length), 'tus-resumable': '1.0.0' }
    return new Response(null, { status, headers: { ...offset, ...headers } })
  }
}
