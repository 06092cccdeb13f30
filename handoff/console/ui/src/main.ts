// The console: agents' pages in one.
import { createApp } from "vue";
import App from "./App.vue";
import { router } from "./router";
import { paint } from "./wishes";
import "./style/tokens.css";
import "./style/base.css";

paint();
createApp(App).use(router).mount("#app");
