/** `0.1.0+<hash of the sources>`, put in by the build. */
declare const __APP_VERSION__: string;
