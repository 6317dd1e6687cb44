import { defineConfig } from 'vite';

// `npm run dev` serves the page with reload; the API is that of a server that runs beside it.
export default defineConfig({
  build: {
    outDir: process.env.LIFELINE_WEB_OUT ?? '../target/classes/dev/lifeline/dashboard/web',
    emptyOutDir: true,
    target: 'es2023',
    chunkSizeWarningLimit: 300,
  },
  server: {
    proxy: { '/api': 'http://localhost:8432' },
  },
});
