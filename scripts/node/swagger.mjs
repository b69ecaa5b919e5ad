// Reads a Swagger 2.0 document as JSON from standard input and writes it as OpenAPI 3.0 to standard output.
import { readFileSync } from 'node:fs'
import { upgradeFromTwoToThree } from '@scalar/openapi-upgrader/2.0-to-3.0'

process.stdout.write(JSON.stringify(upgradeFromTwoToThree(JSON.parse(readFileSync(0, 'utf8')))))
