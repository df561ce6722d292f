import { middleware } from './dist/functions/middleware.mjs'

export const config = {
  runtime: 'nodejs',
  matcher: ['/api/:path*', '/.well-known/:path*', '/v0/:path*', '/v0.1/:path*'],
}

export default middleware
