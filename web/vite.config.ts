import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { reportPageSize } from './report-page-size.ts';

/** Where `vite` alone (for work on the pages) finds a running server: `HOLDFAST_URL=http://localhost:3000 npx vite --config web/vite.config.ts`. */
const server = process.env['HOLDFAST_URL'] ?? 'http://localhost:3000';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react(), reportPageSize()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // The pages' content security policy allows no inline code and no data: but images.
    assetsInlineLimit: 0,
  },
  server: { proxy: { '/api': { target: server, changeOrigin: false } } },
  preview: { proxy: { '/api': { target: server, changeOrigin: false } } },
});
