# The worker for NVIDIA GPUs: the CPU image, and PyTorch's CUDA libraries beside its own. Context:
# the repository's root, or any folder.
#
#   docker build -f infra/docker/cuda.Dockerfile -t heliograph:cuda .
#   docker run --rm --gpus all heliograph:cuda --help
#
# Needs NVIDIA's driver and container toolkit on the host, nothing of CUDA; about 5 GB.
#   --build-arg WORKER_IMAGE=…  infra/docker/Dockerfile's
#   --build-arg PYTHON_IMAGE=…  Python from 3.9 on, with pip
ARG WORKER_IMAGE=heliograph
ARG PYTHON_IMAGE=python:3.12-slim

FROM ${WORKER_IMAGE} AS worker

# PyTorch's own wheel and the wheels of CUDA's libraries that it names; no more of them than is
# loaded. They find each other by their places relative to one another.
FROM ${PYTHON_IMAGE} AS wheels
ARG PYTORCH_VERSION=2.7.1
RUN python3 -m pip install --no-cache-dir --no-deps --target /wheels "torch==${PYTORCH_VERSION}" \
    && sed -n 's/^Requires-Dist: \(nvidia-[^;]*\);.*/\1/p' /wheels/torch-*.dist-info/METADATA \
       | tr -d ' ()' | xargs python3 -m pip install --no-cache-dir --no-deps --target /wheels \
    && mkdir -p /cuda/torch \
    && mv /wheels/torch/lib /cuda/torch/lib \
    && mv /wheels/nvidia /cuda/nvidia \
    && find /cuda -type f ! -name '*.so*' -delete \
    && rm -f /cuda/torch/lib/libtorch_python.so \
    && rm -r /wheels

# DJL's binding to this PyTorch comes in a jar, and would be unpacked at the start.
COPY --from=worker /app/lib/pytorch-jni-*.jar /jni/
RUN python3 -m zipfile -e /jni/pytorch-jni-*.jar /jni \
    && mv /jni/jnilib/linux-x86_64/cu128/libdjl_torch.so /cuda/torch/lib/ \
    && chmod -R a+rX,go-w /cuda

FROM worker
COPY --from=wheels /cuda /app/cuda
ENV PYTORCH_LIBRARY_PATH=/app/cuda/torch/lib \
    PYTORCH_FLAVOR=cu128 \
    NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility
LABEL org.opencontainers.image.title="Heliograph for CUDA"
